export {
  type AppConfig,
  databaseUrlVariable,
  parseAppConfig,
  type Settings,
  settingVariable,
  type SettingsShape,
} from './app.config.js';
export {
  ConfigError,
  type Environment,
  httpUrl,
  parseEnvironment,
  postgresUrl,
  processEnvironment,
  sharedSecret,
  wholeNumber,
} from './environment.js';
export {
  type ModuleFacts,
  type PlacementConfig,
  placementShape,
  privateKeyVariable,
  publicKeyVariable,
  urlVariable,
} from './placement.config.js';
export { type OperatorConfig, parseOperatorConfig } from './operator.config.js';
