import type { Environment } from '#config';
import { Split } from '../../support/split.js';
import { median, measurementsOf, progress } from '../measurement.js';
import { confirmations, placeAtOnce, sagasEnded } from '../place.js';
import { fromSource, type ServerProcess, startServer } from '../server-process.js';
import { fillShop, heardAll, startOutside } from '../shop.js';
import { setStage, type Stage } from '../stage.js';
import { orders } from '../wishes.js';

const ROUNDS = 3;
/** Orders of one run. */
export const ORDERS = 200;
const CONNECTIONS = 12;
const measured = measurementsOf('split');

/** A shop that runs, in however many processes. */
interface Shop {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Orders a second of seven processes, beside those of one, on one database. */
export async function measureOrders() {
  const stage = await setStage();
  const outside = await startOutside();
  const environment = { ...stage.environment, ...outside.environment };
  try {
    await fillShop(stage, 1_000);
    const ones: number[] = [];
    const ratios: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const one = await rateOf(stage, await inOne(environment));
      const seven = await rateOf(stage, await inSeven(stage, environment));
      progress(
        `split: orders ${round}/${ROUNDS}: one ${one.toFixed()}/s, seven ${seven.toFixed()}/s`,
      );
      ones.push(one);
      ratios.push(seven / one);
    }
    const beside = `one ${median(ones).toFixed()}/s`;
    return [measured('place_order_seven_over_one_ratio', '', ratios, beside)];
  } finally {
    await outside.close();
    await stage.close();
  }
}

const inOne = (environment: Environment): Promise<Shop> =>
  startServer([...fromSource, 'src/main.ts'], environment);

async function inSeven({ project }: Stage, environment: Environment): Promise<Shop> {
  const split = await Split.among(project.modules.map((module) => [module]));
  const processes = await Promise.all(
    split.households.map(async (household) => {
      const told = { ...environment, ...split.environmentOf(household) };
      const started = await startServer([...fromSource, 'src/main.ts'], told);
      household.network.pointAt(started.internalPort);
      return started;
    }),
  );
  const front = split.households.findIndex(({ modules }) => modules.includes('orders'));
  return {
    url: (processes[front] as ServerProcess).url,
    stop: async () => {
      await Promise.all(processes.map((each) => each.stop()));
      await split.close();
    },
  };
}

async function rateOf(stage: Stage, shop: Shop): Promise<number> {
  try {
    await heardAll(stage);
    // The first ones warm up.
    await placeAtOnce(shop.url, orders(ORDERS / 4), CONNECTIONS);
    await sagasEnded(stage.admin);
    const sent = await placeAtOnce(shop.url, orders(ORDERS), CONNECTIONS);
    await sagasEnded(stage.admin);
    const confirmed = await confirmations(stage.admin, sent);
    return (ORDERS * 1_000) / (Math.max(...confirmed.values()) - Math.min(...sent.values()));
  } finally {
    await shop.stop();
  }
}
