/** Who has made a server that is run as part of a stack: we, or Supabase. */
export const ENGINES = ['builtin', 'supabase'] as const;
