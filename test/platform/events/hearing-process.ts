import { FIXTURE_VARIABLE, FixtureProject } from '../../support/fixture-project.js';
import { installKillPoint } from '../../support/kill-point.js';
import { FleetModule, PilotModule } from './hearers.js';
import { HarbourModule } from './harbour.js';

// An app of the fixture modules, as a process that a test can kill.
installKillPoint();
const project = new FixtureProject(JSON.parse(process.env[FIXTURE_VARIABLE] as string) as never);
const app = await project.start([HarbourModule, FleetModule, PilotModule]);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdout.write('ready\n');
