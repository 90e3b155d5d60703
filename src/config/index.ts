export { type AppConfig, databaseUrlVariable, parseAppConfig } from './app.config.js';
export { ConfigError, type Environment, processEnvironment } from './environment.js';
export { type OperatorConfig, parseOperatorConfig } from './operator.config.js';
