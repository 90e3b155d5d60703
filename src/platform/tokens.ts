/** The token of the app's parsed configuration. */
export const APP_CONFIG = Symbol('AppConfig');
