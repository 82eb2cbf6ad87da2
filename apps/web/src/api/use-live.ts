'use client';

import type { StoredEvent, Subject } from '@featurescope/contracts';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { type ConnectionState, LiveConnection } from './live-connection.ts';

const connection = new LiveConnection(
  () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`,
);

/** Opens the page's websocket; mounted once, by the frame. */
export function useLiveConnection(): void {
  useEffect(() => connection.start(), []);
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(
    (listener) => connection.onState(listener),
    () => connection.state,
    () => 'connecting',
  );
}

export const retryConnection = () => connection.retryNow();

/** Follows one run or steering experiment from afterSeq on; null follows nothing. A change of afterSeq alone does not
 *  subscribe again: the connection itself remembers how far it is. */
export function useLiveEvents(
  kind: Subject['kind'],
  id: string | null,
  afterSeq: number | null,
  onEvents: (events: StoredEvent[]) => void,
): void {
  const receive = useEffectEvent(onEvents);
  const start = useEffectEvent(() => afterSeq ?? 0);
  const ready = id !== null && afterSeq !== null;
  useEffect(() => {
    if (!ready) return;
    return connection.subscribe({ kind, id }, start(), (events) => receive(events));
  }, [kind, id, ready]);
}
