export { readServerFile, type ServerFile } from './home-lock.ts';
export { stopLeftCluster } from './postgres/cluster.ts';
export { type Server, type ServerOptions, startServer } from './server.ts';
