/** How a service is started beside the app that it came from, and the app is told of it. */
export const describeStart = (
  module: string,
) => `Then start it, lead everybody there, and deploy this app:

  npm run extract-module -- ${module} prepare --only process     what it is told, and how it starts
  npm run extract-module -- ${module} cutover --only process --url http://<host>:<INTERNAL_PORT>

Until then the processes that run today answer for it, from where its rows are.
`;
