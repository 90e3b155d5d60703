import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import sql from 'sql-template-tag';
import { ModuleDatabase } from '#platform/database/module-database';
import { ModuleUnavailable } from '#platform/errors';
import { PrismaClient } from '../support/prisma-client.js';
import { terminateSessions } from '../platform/held-lock.js';
import { roleUrl, testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

const [MODULE = ''] = testProject().modules;

/** A way to the database on which what the server says can be kept back. */
class Line {
  kept = '';
  private holds = false;
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async lay(url: URL): Promise<Line> {
    const target = { host: url.hostname, port: Number(url.port) };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const line = new Line(server, url.href);
    server.on('connection', (near) => line.join(near, connect(target)));
    return line;
  }

  private join(near: Socket, far: Socket): void {
    this.sockets.push(near, far);
    near.on('data', (data) => far.write(data)).on('error', () => far.destroy());
    far.on('data', (data) => {
      if (this.holds) this.kept += data.toString('latin1');
      else near.write(data);
    });
    far.on('error', () => undefined);
  }

  hold(): void {
    this.holds = true;
  }

  /** Lets the client have at once all that was kept. */
  flush(): void {
    this.holds = false;
    this.sockets[0]?.write(Buffer.from(this.kept, 'latin1'));
  }

  close(): void {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
  }
}

let line: Line;
let database: ModuleDatabase<PrismaClient>;

afterEach(async () => {
  await database.onApplicationShutdown();
  line.close();
});

it('does not end the process when it is lost between two users', async () => {
  line = await Line.lay(new URL(roleUrl(MODULE, 'login')));
  const options = { module: MODULE, url: line.url, poolSize: 1 };
  database = new ModuleDatabase(options, PrismaClient);
  await database.query(sql`select 1`);

  line.hold();
  const first = database.query(sql`select 'answer' as said`);
  const second = database.transaction((tx) => tx.$queryRaw(sql`select 1`));
  await waitFor(() => line.kept.includes('answer'));
  await terminateSessions([MODULE]);
  await waitFor(() => line.kept.includes('57P01'));
  line.flush();

  expect(await first).toEqual([{ said: 'answer' }]);
  await expect(second).rejects.toBeInstanceOf(ModuleUnavailable);
});
