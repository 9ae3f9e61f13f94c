/** The services of the stack. */
export const services = {
  title: 'Services',
  allHealthy: 'All services are healthy',
  someHealthy: (healthy: number, all: number) => `${healthy} of ${all} services are healthy`,
  facts: { uptime: 'Uptime', cpu: 'CPU', memory: 'Memory', port: 'Port', restarts: 'Restarts' },
  instances: (service: string) => `Instances of ${service}`,
  cpuHint: 'Of one core, over the last seconds.',
  cpuLimit: (limit: string) => `At most ${limit} of one core.`,
  memoryLimit: (limit: string) => `At most ${limit}.`,
  noFigure: 'On a node whose figures cannot be read from here.',
  node: (name: string) => `on ${name}`,
};
