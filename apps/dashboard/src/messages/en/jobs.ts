export const jobs = {
  states: { queued: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
  jobs: 'Jobs',
  jobsText: 'Work on many objects. It goes on when you leave, and on another server when one dies.',
  none: 'No jobs yet',
  noneText: 'Moving, copying or deleting a folder starts one.',
  stopping: 'Stopping',
  progressOf: (title: string) => `Progress of ${title}`,
  of: (total: string) => ` of ${total}`,
  objects: 'objects',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  remove: 'Remove',
};
