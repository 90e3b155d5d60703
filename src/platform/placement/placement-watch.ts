import { setTimeout as pause } from 'node:timers/promises';
import { WorkLoop } from '../work-loop.js';
import { type DataPlace, readPlaces } from './placement-table.js';

/** A module's database, which goes where it is told to. */
export interface Placed {
  readonly module: string;
  readonly isAtHome: boolean;
  /** How many wait for a connection. */
  readonly waitingCount: number;
  /** Runs one statement in the home database, wherever the rows are. */
  askHome(text: string): Promise<{ rows: DataPlace[] }>;
  /** Takes note of where the rows are; what is older than known already changes nothing. */
  place(place: DataPlace): void;
}

/** Milliseconds between two looks while nobody waits. */
const INTERVAL = { least: 1_000, most: 1_000 };
/** The same while somebody waits at a fence; all who do share the next look. */
const URGENT = 10;
/** Milliseconds after which work is tried again at a fence though no place has changed. */
const RETRY = 250;
/** Milliseconds without a sign of life, after which the process was stopped, and may have missed a move. */
const STOPPED = 3_000;
/** Milliseconds for which work then waits for a look: a home that is away stops nobody else. */
const PATIENCE = 500;

/** Keeps the modules of one home database where their rows are. */
export class PlacementWatch {
  private readonly members: Placed[] = [];
  private readonly loop = new WorkLoop('placement', () => this.takeTurn(), INTERVAL);
  private hasLooked = false;
  /** When this process last did anything here. */
  private alive = 0;
  private refreshing: Promise<void> | undefined;
  private urgent: Promise<void> | undefined;

  /** @param tell is told of all modules, wherever they run, at every look */
  constructor(private readonly tell: (places: readonly DataPlace[]) => void = () => undefined) {}

  join(member: Placed): void {
    this.members.push(member);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Says that a place may have changed. */
  readonly hint = (): void => this.loop.wake();

  /**
   * To be awaited before any work, unless it is undefined: where the rows are is known then.
   *
   * @throws when it was never known, and the home database does not tell
   */
  known(): Promise<void> | undefined {
    const now = Date.now();
    if (!this.hasLooked || now - this.alive > STOPPED) {
      this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    }
    this.alive = now;
    return this.refreshing;
  }

  /**
   * Waits at a fence until the place has changed; a while at most, since a move that is called off
   * opens the side again and leaves the place as it is.
   *
   * @returns whether it has changed
   */
  async change(hasChanged: () => boolean): Promise<boolean> {
    const end = Date.now() + RETRY;
    while (!hasChanged() && Date.now() < end) {
      this.urgent ??= pause(URGENT)
        .then(() => this.look())
        .catch(() => undefined)
        .finally(() => (this.urgent = undefined));
      await this.urgent;
    }
    return hasChanged();
  }

  private async refresh(): Promise<void> {
    if (!this.hasLooked) return this.look();
    await Promise.race([this.look().catch(() => undefined), pause(PATIENCE)]);
  }

  private async takeTurn(): Promise<boolean> {
    await this.known();
    await this.look();
    return false;
  }

  private async look(): Promise<void> {
    const seen = await this.ask();
    this.tell(seen);
    const places = new Map(seen.map((place) => [place.module, place]));
    for (const member of this.members) {
      const place = places.get(member.module);
      if (place) member.place(place);
    }
    this.hasLooked = true;
  }

  /** Asks through the least busy of those who are at home, and through another if it cannot. */
  private async ask(): Promise<DataPlace[]> {
    const atHome = this.members.filter(({ isAtHome }) => isAtHome).sort(byWaiting);
    const [first, second] = atHome.length > 0 ? atHome : this.members;
    if (!first) return [];
    try {
      return await readPlaces((text) => first.askHome(text));
    } catch (error) {
      // Perhaps its role is the only one that may not connect: it comes last from now on.
      this.members.push(...this.members.splice(this.members.indexOf(first), 1));
      if (!second) throw error;
      return readPlaces((text) => second.askHome(text));
    }
  }
}

const byWaiting = (one: Placed, other: Placed) => one.waitingCount - other.waitingCount;
