// Run with: node --env-file=<(npx supastor status --show-secrets -o env) examples/storage-js/example.mjs
import { StorageClient } from '@supabase/storage-js';

const { STORAGE_URL, SERVICE_ROLE_KEY } = process.env;
if (!STORAGE_URL || !SERVICE_ROLE_KEY) throw new Error('STORAGE_URL and SERVICE_ROLE_KEY must be set; see the first line of this file');

const storage = new StorageClient(STORAGE_URL, { apikey: SERVICE_ROLE_KEY, Authorization: `Bearer ${SERVICE_ROLE_KEY}` });
const fail = ({ error }) => {
  if (error) throw error;
};

const { data: buckets } = await storage.listBuckets();
if (!buckets?.some((bucket) => bucket.name === 'photos')) fail(await storage.createBucket('photos', { public: false }));
fail(await storage.from('photos').upload('cats/tom.txt', 'meow', { contentType: 'text/plain', upsert: true }));
const { data, error } = await storage.from('photos').createSignedUrl('cats/tom.txt', 3600);
if (error) throw error;

const response = await fetch(data.signedUrl);
console.log(await response.text());
