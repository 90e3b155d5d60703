import { Injectable } from '@nestjs/common';
import {
  answerOnce,
  hashInput,
  type Implementation,
  type RememberedCall,
  replay,
} from '#platform/contracts';
import type { InventoryContract } from '../inventory.contract.js';
import { StockReleased } from '../inventory.events.js';
import { InventoryDatabase } from './inventory.database.js';
import { giveBack, type Line, refuseFromNowOn } from './release.statement.js';
import { reserve } from './reserve.statement.js';

interface Lines {
  lines: Line[];
}

/** Answers other modules. */
@Injectable()
export class InventoryAnswers implements Implementation<InventoryContract> {
  constructor(private readonly db: InventoryDatabase) {}

  async reserve({ key, lines }: { key: string } & Lines): Promise<Lines> {
    const inputHash = hashInput(lines);
    const statement = reserve({ key, inputHash, lines });
    const [answered] = await this.db.query<RememberedCall<Lines>>(statement);
    return replay(answered as RememberedCall<Lines>, key, inputHash);
  }

  release({ key }: { key: string }): Promise<Lines> {
    return answerOnce(this.db, { procedure: 'release', key, input: {} }, async (tx) => {
      // First, since it waits for a reservation under this key that is still under way.
      await tx.$executeRaw(refuseFromNowOn(key));
      const lines = await tx.$queryRaw<Line[]>(giveBack(key));
      if (lines.length > 0) await tx.publish(StockReleased, { key, lines });
      return { lines };
    });
  }
}
