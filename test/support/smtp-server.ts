import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** How the next message is met: taken, refused for good, or taken without an answer. */
export type Reception = 'take' | 'refuse' | 'hang-up';

const REPLIES: Readonly<Record<Exclude<Reception, 'hang-up'>, string>> = {
  take: '250 Taken',
  refuse: '550 No such box',
};

/** A mail server that keeps what it is given; as much of RFC 5321 as that needs. */
export class SmtpServer {
  readonly messages: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly next: Reception[] = [];

  private port = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SmtpServer> {
    const server = createServer();
    const smtp = new SmtpServer(server);
    server.on('connection', (socket) => smtp.serve(socket));
    await smtp.comeBack();
    return smtp;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Ends every connection and takes no other. */
  async leave(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Listens, at the same address as before. */
  async comeBack(): Promise<void> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Decides about the next messages; those behind them are taken. */
  meet(...receptions: Reception[]): void {
    this.next.push(...receptions);
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.leave();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    let unread = '';
    let inData = false;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      unread += chunk;
      for (;;) {
        const end = inData ? '\r\n.\r\n' : '\r\n';
        const at = unread.indexOf(end);
        if (at < 0) return;
        const read = unread.slice(0, at);
        unread = unread.slice(at + end.length);
        if (inData) this.receive(socket, read);
        else socket.write(`${answerTo(read)}\r\n`);
        inData = !inData && read.toUpperCase() === 'DATA';
      }
    });
    socket.write('220 here\r\n');
  }

  private receive(socket: Socket, message: string): void {
    const reception = this.next.shift() ?? 'take';
    if (reception !== 'refuse') this.messages.push(message);
    if (reception === 'hang-up') socket.destroy();
    else socket.write(`${REPLIES[reception]}\r\n`);
  }
}

const answerTo = (command: string): string =>
  command.toUpperCase() === 'DATA' ? '354 Go on' : '250 Yes';
