import { setTimeout as pause } from 'node:timers/promises';
import { POINTS } from '../support/points.js';
import { FAULTS } from '../support/network.js';
import type { ShopProcesses } from '../support/shop-processes.js';
import type { Household } from '../support/split.js';
import type { AppProcess } from '../platform/app-process.js';
import { waitFor } from '../support/wait-for.js';
import type { Dice } from './dice.js';

/** Milliseconds after which a process is killed at the latest, wherever it is. */
const LIFE = { app: 3_000, appBeforePoint: 8_000, provider: 20_000 };
/** Milliseconds for an app to start. */
const PATIENCE = 120_000;
/** Milliseconds between two losses of sessions at most. */
const SESSIONS = 4_000;

/** How many of the requests between processes meet a fault. */
const NETWORK_FAULTS = 0.03;

/** What the provider does wrong, for as long as the soak lasts. */
const MISBEHAVIOUR = {
  chances: {
    decline: 0.08,
    'error-before': 0.04,
    'error-after': 0.04,
    'timeout-before': 0.02,
    'timeout-after': 0.04,
  },
  webhooks: { copies: 2, delay: 400 },
};

/** Kills processes at random, and starts them again. */
export class Reaper {
  readonly kills = { atPoints: 0, anywhere: 0, provider: 0 };

  /** @param more whether it goes on; asked before each kill */
  constructor(
    private readonly shop: ShopProcesses,
    private readonly more: (kills: number) => boolean,
  ) {}

  get count(): number {
    const { atPoints, anywhere, provider } = this.kills;
    return atPoints + anywhere + provider;
  }

  private get goesOn(): boolean {
    return this.more(this.count);
  }

  /** One app that is killed and started again, again and again; in the end it runs. */
  async appSeat(dice: Dice, household?: Household): Promise<void> {
    let app = await this.start(household);
    while (this.goesOn) {
      await this.kill(app, dice);
      app = await this.start(household);
    }
  }

  /** What lies between the processes: for as long as the soak lasts, not all comes through. */
  network(dice: Dice, { network }: Household): void {
    network.fate = () =>
      this.goesOn && dice.chance(NETWORK_FAULTS) ? dice.pick(FAULTS) : undefined;
  }

  /** It does not start when a session is lost meanwhile; whoever watches over it starts it again. */
  private start(household?: Household): Promise<AppProcess> {
    return waitFor(() => this.shop.start(household), PATIENCE);
  }

  private async kill({ child, ended }: AppProcess, dice: Dice): Promise<void> {
    const armed = dice.chance(0.7);
    if (armed) child.send(`${dice.pick(POINTS)}:${1 + dice.below(4)}`);
    const life = armed ? LIFE.appBeforePoint : dice.below(LIFE.app);
    const killed = await Promise.race([ended.then(() => true), pause(life, false)]);
    this.kills[killed ? 'atPoints' : 'anywhere'] += 1;
    child.kill('SIGKILL');
    const { signal, code, stderr } = await ended;
    if (signal !== 'SIGKILL') throw new Error(`An app ended by itself, with ${code}: ${stderr}`);
  }

  /** The payment provider, whose books outlive it; in the end it runs, and behaves. */
  async providerSeat(dice: Dice): Promise<void> {
    const { provider } = this.shop;
    while (this.goesOn) {
      await this.misbehave(dice);
      await pause(dice.below(LIFE.provider));
      await provider.kill();
      this.kills.provider += 1;
      await provider.restart();
    }
  }

  /** Postgres, which ends some of the apps' sessions: what they were doing may have been done. */
  async sessionSeat(dice: Dice): Promise<void> {
    while (this.goesOn) {
      await pause(dice.below(SESSIONS));
      const module = dice.pick(this.shop.project.modules);
      await this.shop.admin(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = '${module}'
         order by random() limit ${1 + dice.below(4)}`,
      );
    }
  }

  private async misbehave(dice: Dice): Promise<void> {
    const [app] = this.shop.running;
    const url = app ? `${app.url}/billing/webhooks` : null;
    await this.shop.provider.control({
      ...MISBEHAVIOUR,
      seed: dice.below(2 ** 31),
      webhooks: { ...MISBEHAVIOUR.webhooks, url },
    });
  }
}
