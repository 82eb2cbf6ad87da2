import type { Metadata } from 'next';
import { EventsTab } from '../../../../../run/EventsTab.tsx';

export const metadata: Metadata = { title: 'Events' };

export default function Page() {
  return <EventsTab />;
}
