// Names for parts of the shapes of generated.ts, where whoever uses the client has a word for them. Nothing is said here about what they
// are: that is the server's.
import type { BodyOf, QueryOf, RouteName } from './door.ts';
import type {
  Calendar,
  CalendarDays,
  Curves,
  Event,
  InboxItem,
  Interrupted,
  Key,
  Message,
  MessageMetrics,
  Metrics,
  OnCall,
  Policy,
  Preferences,
  Schedule,
  Simulation,
  Template,
} from './generated.ts';

/** What a command of follow-ups is called. */
export type CommandName = RouteName extends infer R
  ? R extends `POST /v1/follow-ups/{id}/${infer Name}`
    ? Name
    : never
  : never;
export type CommandBodies = { readonly [N in CommandName]: BodyOf<`POST /v1/follow-ups/{id}/${N}`> };
type OfAny<B, K extends PropertyKey> = B extends unknown ? (K extends keyof B ? B[K] : never) : never;
type FieldOfAny<B> = B extends unknown ? keyof B : never;
/** What any of the commands takes. */
export type CommandBody = {
  readonly [K in FieldOfAny<CommandBodies[CommandName]>]?: OfAny<CommandBodies[CommandName], K> | undefined;
};

export type StoredEvent = Event;
export type StoredPolicy = Policy;
export type Engagement = Message['engagement'][number];
export type TemplateParts = Omit<Template, 'id' | 'version' | 'language' | 'locales'>;
export type InboxAction = InboxItem['actions'][number];
export type KeyScope = Key['scopes'][number];
export type Frequency = Preferences['categories'][number]['frequency'];

export type Weekday = CalendarDays['days'][number]['weekday'];
export type ScheduleLayer = Schedule['layers'][number];
export type Rotation = ScheduleLayer['rotation'];
export type Handover = NonNullable<Rotation['handover']>;
export type Override = Schedule['overrides'][number];
export type OnCallLevel = OnCall['onCall'][number];
export type HolidayPlace = Exclude<NonNullable<Calendar['holidays']>, readonly unknown[]>;
export type CalendarDay = Pick<CalendarDays['days'][number], 'date' | 'weekday' | 'hours'>;

/** Figures by cohort: what became of the follow-ups that opened in a window. */
export type MetricQuestion = RouteName extends infer R
  ? R extends `GET /v1/metrics/${infer Question}`
    ? Exclude<Question, 'messages' | 'curves' | 'interrupted'>
    : never
  : never;
export type MetricQuery = Omit<QueryOf<'GET /v1/metrics/overview'>, 'format'>;
export type MessageMetricQuery = Omit<QueryOf<'GET /v1/metrics/messages'>, 'format'>;
export type InterruptedQuery = Omit<QueryOf<'GET /v1/metrics/interrupted'>, 'format'>;
export type InterruptedRow = Interrupted['rows'][number];
export type CurveName = Curves['of'];
export type CurveQuery = Omit<QueryOf<'GET /v1/metrics/curves'>, 'format'>;
export type MetricRow = Metrics['rows'][number];
export type MetricWindow = Omit<Metrics, 'rows'>;
export type MetricGroup = Pick<MetricRow, 'policy' | 'stage' | 'channel' | 'team' | 'level' | 'day'>;
export type DurationFigures = MetricRow['responseTime'];
export type MessageMetricRow = MessageMetrics['rows'][number];
export type MessageFigures = Pick<MetricRow & MessageMetricRow, keyof MetricRow & keyof MessageMetricRow & FigureName>;
type FigureName = Exclude<keyof MessageMetricRow, keyof MetricGroup>;
export type Curve = Curves['rows'][number];
export type CurvePoint = Curve['points'][number];

export type SimulationReport = NonNullable<Simulation['report']>;
export type Spread = NonNullable<SimulationReport['firstResponse']>;
