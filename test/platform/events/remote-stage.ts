import type { Type } from '@nestjs/common';
import { type FixtureProcess, FixtureProcesses } from '../../support/fixture-processes.js';
import { fixtureModule, FixtureProject } from '../../support/fixture-project.js';
import { HarbourModule } from './harbour.js';
import { FleetModule, PilotModule } from './hearers.js';
import { Stage } from './stage.js';

/** May call the publisher, and not hear it. No app hosts it. */
const BuoyModule = fixtureModule({ name: 'buoy', calls: ['harbour'] });

/** The same modules, of which the publisher has a database to itself, and each app an address. */
export class RemoteStage extends Stage {
  processes!: FixtureProcesses;
  harbour!: FixtureProject;

  protected override async open(): Promise<void> {
    this.project = await FixtureProject.open('fleet', 'pilot');
    this.harbour = await FixtureProject.openAs('g', 'harbour');
    const modules = [HarbourModule, FleetModule, PilotModule, BuoyModule];
    this.processes = await FixtureProcesses.of(...modules);
  }

  protected override async close(): Promise<void> {
    await this.processes.close();
    await super.close();
    await this.harbour.close();
  }

  override sql<Row extends object>(
    module: string,
    text: string,
    values?: unknown[],
  ): Promise<Row[]> {
    const project = module === 'harbour' ? this.harbour : this.project;
    return project.sql<Row>(module, text, values);
  }

  publisher(): Promise<FixtureProcess> {
    return this.startOn(this.harbour, HarbourModule);
  }

  hearer(...modules: Type[]): Promise<FixtureProcess> {
    return this.startOn(this.project, ...modules);
  }

  private async startOn(project: FixtureProject, ...modules: Type[]): Promise<FixtureProcess> {
    const app = await this.processes.start(project, ...modules);
    this.apps.add(app);
    return app;
  }
}
