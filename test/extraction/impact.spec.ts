import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callersIn,
  describeImpact,
  type Impact,
} from '../../scripts/lib/extraction/readiness/impact.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'impact-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const imports = `import { type BoatsContract, boatsContract, SlipTaken } from '#modules/boats';
    import { crewContract } from '#modules/crew';\n`;
  write(
    'src/modules/fleet/internal/berths.ts',
    `${imports} constructor(
      @InjectContract(boatsContract)
      private readonly hulls: ContractClient<BoatsContract>,
      @InjectContract(crewContract) private readonly crew: ContractClient<CrewContract>,
    ) {}
    a = () => this.hulls.find({}); b = () => this.crew.hire({}); c = () => this.hulls
      .moor({}); d = () => this.hulls.find({});`,
  );
  write(
    'src/modules/fleet/internal/names.ts',
    `${imports} const known = [boatsContract, SlipTaken];`,
  );
  write(
    'src/modules/fleet/internal/moor.saga.ts',
    `${imports} @InjectContract(boatsContract) private readonly boats: X; run = () => this.boats.moor({});`,
  );
});
afterAll(() => rmSync(root, { recursive: true }));

describe('who calls a module', () => {
  it('is told by the classes that have its contract injected, with what they call', () => {
    const folder = 'src/modules/fleet/internal';
    expect(callersIn(root, 'fleet', 'boats')).toEqual([
      { module: 'fleet', file: `${folder}/berths.ts`, procedures: ['find', 'moor'] },
      { module: 'fleet', file: `${folder}/moor.saga.ts`, procedures: ['moor'] },
    ]);
    expect(callersIn(root, 'fleet', 'crew')).toEqual([
      { module: 'fleet', file: `${folder}/berths.ts`, procedures: ['hire'] },
    ]);
  });
});

describe('what fails while a module does not answer', () => {
  const impact: Impact = {
    module: 'boats',
    routes: ['GET /boats/:id'],
    callers: [
      { module: 'fleet', file: 'berths.ts', procedures: ['find', 'moor'] },
      { module: 'fleet', file: 'moor.saga.ts', procedures: ['moor'] },
    ],
    heardBy: ['fleet'],
  };

  it('are its routes and those that call it; sagas and hearers only wait', () => {
    expect(describeImpact(impact)).toContain(
      `When it does not answer:
  - GET /boats/:id is answered 503, module.unavailable
  - berths.ts fails, 503 module.unavailable: it calls boats.find, boats.moor
  - moor.saga.ts waits and is repeated: it calls boats.moor
  - fleet falls behind, and catches up afterwards
`,
    );
  });

  it('is nothing when nobody has to do with it', () => {
    const alone = { ...impact, routes: [], callers: [], heardBy: [] };
    expect(describeImpact(alone)).toContain('When it does not answer: nothing fails\n');
  });

  // only: shop
  const rehearsal = (apart: string[]) => {
    const cost = { request: 'GET /boats/:id', p50: 1, calls: 0, proxied: 0 };
    const costs = [{ home: cost, apart: { ...cost, calls: 1.5 } }];
    return describeImpact({ ...impact, rehearsal: { apart, tests: 1, different: [], costs } });
  };

  it('is told with what its calls cost, when that was measured', () => {
    expect(describeImpact(impact)).toContain(
      'What it costs apart: not measured here yet; npm run rehearse -- boats\n',
    );
    expect(rehearsal(['crew'])).toContain(
      'What it costs apart: the last rehearsal had crew apart, and not this one; npm run rehearse -- boats\n',
    );
    expect(rehearsal(['boats', 'crew'])).toMatch(
      /by the last rehearsal, with boats, crew apart\n.*at home.*\n {2}GET \/boats\/:id +1\.0 ms +1\.0 ms +1\.5 +0\.0\n/,
    );
  });
  // only: end
});
