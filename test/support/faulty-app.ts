import { installKillPoint } from './kill-point.js';

// The app as it is in production, but for the point at which it is killed.
installKillPoint();
await import('../../src/main.js');
