/** A compose file with the services, images and variables that the one for self-hosted Supabase has, and its `.env`. */
export const SUPABASE_COMPOSE = `name: supabase
x-restart: &restart
  restart: unless-stopped
services:
  kong:
    <<: *restart
    image: kong:2.8.1
    ports:
      - \${KONG_HTTP_PORT}:8000/tcp
      - \${KONG_HTTPS_PORT}:8443/tcp
    environment:
      DASHBOARD_USERNAME: \${DASHBOARD_USERNAME}
      DASHBOARD_PASSWORD: \${DASHBOARD_PASSWORD}
    entrypoint: bash -c 'echo "$$(cat ~/temp.yml)"'
  auth:
    image: supabase/gotrue:v2.186.0
    environment:
      GOTRUE_JWT_SECRET: \${JWT_SECRET}
  storage:
    <<: *restart
    container_name: supabase-storage
    image: supabase/storage-api:v1.44.2
    depends_on:
      db:
        condition: service_healthy
    healthcheck:
      test: ["CMD", "wget", "--spider", "http://storage:5000/status"]
    environment:
      ANON_KEY: \${ANON_KEY}
      SERVICE_KEY: \${SERVICE_ROLE_KEY}
      POSTGREST_URL: http://rest:3000
      PGRST_JWT_SECRET: \${JWT_SECRET}
      DATABASE_URL: postgres://supabase_storage_admin:\${POSTGRES_PASSWORD}@\${POSTGRES_HOST}:\${POSTGRES_PORT}/\${POSTGRES_DB}
      STORAGE_PUBLIC_URL: \${SUPABASE_PUBLIC_URL}
      REQUEST_ALLOW_X_FORWARDED_PATH: "true"
      FILE_SIZE_LIMIT: 52428800
      STORAGE_BACKEND: file
      GLOBAL_S3_BUCKET: \${GLOBAL_S3_BUCKET}
      FILE_STORAGE_BACKEND_PATH: /var/lib/storage
      TENANT_ID: \${STORAGE_TENANT_ID}
      REGION: \${REGION}
      ENABLE_IMAGE_TRANSFORMATION: "true"
      IMGPROXY_URL: http://imgproxy:5001
      S3_PROTOCOL_ACCESS_KEY_ID: \${S3_PROTOCOL_ACCESS_KEY_ID}
      S3_PROTOCOL_ACCESS_KEY_SECRET: \${S3_PROTOCOL_ACCESS_KEY_SECRET}
    volumes:
      - ./volumes/storage:/var/lib/storage:z
  imgproxy:
    image: darthsim/imgproxy:v3.30.1
    environment:
      IMGPROXY_BIND: ":5001"
      IMGPROXY_MAX_SRC_RESOLUTION: 16.8
  meta:
    image: supabase/postgres-meta:v0.95.2
    mem_limit: 256m
    environment:
      - PG_META_PORT=8080
      - PG_META_DB_HOST=\${POSTGRES_HOST}
      - PG_META_DB_PORT=\${POSTGRES_PORT}
      - PG_META_DB_NAME=\${POSTGRES_DB}
      - PG_META_DB_USER=supabase_admin
      - PG_META_DB_PASSWORD=\${POSTGRES_PASSWORD}
      - CRYPTO_KEY=\${PG_META_CRYPTO_KEY}
  db:
    image: supabase/postgres:15.8.1.085
    volumes:
      - ./volumes/db/data:/var/lib/postgresql/data:Z
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD}
      POSTGRES_DB: \${POSTGRES_DB}
      JWT_EXP: \${JWT_EXPIRY}
  supavisor:
    image: supabase/supavisor:2.7.4
    ports:
      - \${POSTGRES_PORT}:5432
`;

export const SUPABASE_ENV = `POSTGRES_PASSWORD=a-password-of-postgres
JWT_SECRET=a-jwt-secret-of-more-than-32-characters
ANON_KEY=anon.key.of-theirs
SERVICE_ROLE_KEY=service.key.of-theirs
DASHBOARD_USERNAME=supabase
DASHBOARD_PASSWORD=a-password-of-the-dashboard
PG_META_CRYPTO_KEY=your-encryption-key-32-chars-min
S3_PROTOCOL_ACCESS_KEY_ID=s3-access-key
S3_PROTOCOL_ACCESS_KEY_SECRET=s3-secret-key
SUPABASE_PUBLIC_URL=https://supabase.example.org
POSTGRES_HOST=db
POSTGRES_DB=postgres
POSTGRES_PORT=5432
GLOBAL_S3_BUCKET=stub
REGION=stub
STORAGE_TENANT_ID=stub
KONG_HTTP_PORT=8000
KONG_HTTPS_PORT=8443
JWT_EXPIRY=3600
`;
