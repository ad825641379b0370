import { registerTransformations } from '../src/display/transformations.ts';

// Grafana's transformations look here whether dashboards are drawn by its package of scenes, as they are since Grafana 11.
Object.assign(globalThis, { window: { __grafanaSceneContext: {} } });
registerTransformations();
