/** What of an installation an API key is for; null: all of it. */
export const KEY_SCOPES_MIGRATION = `
alter table supastor.api_keys add environment text, add bucket text, add prefix_scope text,
  add constraint api_keys_scope check (prefix_scope is null or bucket is not null);
`;
