import { useQueryClient } from '@tanstack/react-query';
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { throttlePerKey } from '../../../api/throttle.ts';
import { putFile } from './put-file.ts';
import { UploadManager } from './upload-manager.ts';
import { summarizeUploads } from './upload-state.ts';

/** Loaded with the first upload. */
const UploadDock = lazy(async () => ({ default: (await import('./upload-dock.tsx')).UploadDock }));
const UploadContext = createContext<UploadManager | null>(null);

/** The upload queue of the page. */
export function useUploads(): UploadManager {
  const manager = useContext(UploadContext);
  if (manager === null) throw new Error('useUploads needs an UploadProvider above it');
  return manager;
}

const PROGRESS_EVERY_MS = 100;
const REFRESH_EVERY_MS = 500;

/** Owns the upload queue, shows its dock, and warns before a page with running uploads is left. */
export function UploadProvider({ children }: { readonly children: ReactNode }) {
  const manager = useManager();
  const state = useSyncExternalStore(manager.subscribe, manager.getState);
  const busy = summarizeUploads(state).active > 0;
  useEffect(() => () => manager.stop(), [manager]);
  useEffect(() => {
    if (!busy) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [busy]);
  return (
    <UploadContext value={manager}>
      {children}
      {state.items.length > 0 && (
        <Suspense>
          <UploadDock manager={manager} state={state} />
        </Suspense>
      )}
    </UploadContext>
  );
}

function useManager(): UploadManager {
  const client = useQueryClient();
  const [manager] = useState(() => {
    const refresh = throttlePerKey((bucket) => void client.invalidateQueries({ queryKey: keys.objects(bucket) }), REFRESH_EVERY_MS);
    return new UploadManager({
      sign: async (bucket, paths, overwrite) =>
        (await call(operations.objectsSignUpload, { bucket, paths: [...paths], overwrite })).uploads,
      put: putFile,
      soon: (task) => setTimeout(task, PROGRESS_EVERY_MS),
      arrived: refresh,
    });
  });
  return manager;
}
