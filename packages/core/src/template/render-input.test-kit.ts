// What a template is rendered with where a test is about its text alone: nobody in particular, in English, with the data given.
import type { Template } from '../content.ts';
import type { RenderContext, RenderInput } from '../render.ts';

export const plainInput = (
  template: Template,
  channel: RenderInput['channel'],
  context: Pick<RenderContext, 'data'> & Partial<RenderContext>,
): RenderInput => ({
  template,
  role: 'notice',
  channel,
  locale: 'en',
  zone: 'UTC',
  urgency: 'normal',
  consequence: null,
  context: {
    recipient: {},
    subject: {},
    followUp: {},
    activity: {},
    pending: [],
    actions: {},
    tenant: {},
    now: '2026-11-03T09:00:00Z',
    ...context,
  },
});
