import { z } from 'zod';
import { webAddress } from './alerting.ts';
import { durationOfAtLeast, fileWith, text } from './values.ts';

/** Longest time that a page waits. */
const mostTimeoutMs = 30_000;

/** What the exporter asks for itself; another value would show another company's figures. */
const ownLabels: readonly string[] = ['company', 'monitor'];

const labelName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, { error: 'is no name of a label; write letters, digits and "_"' })
  .refine((name) => !ownLabels.includes(name), {
    error: `must not be ${ownLabels.join(' or ')}: the page asks for those itself`,
  });

/** `prometheus:` */
export const prometheusSchema = z
  .strictObject({
    url: webAddress
      .refine((url) => !/[?#]/.test(url), { error: 'has a ? or #; write the address alone' })
      .describe(
        'Address of the Prometheus that scrapes this exporter, as the exporter reaches it. The certificate of an `https` address is verified.',
      )
      .meta({ examples: ['https://prometheus.acme.lan:9090'] }),
    username: text
      .optional()
      .describe('Login by basic authentication, with `password_file`.')
      .meta({ examples: ['erp-exporter'] }),
    password_file: fileWith('the password; it is read anew for each question')
      .optional()
      .meta({ examples: ['/run/secrets/prometheus'] }),
    token_file: fileWith('a bearer token, instead of a login; it is read anew for each question')
      .optional()
      .meta({ examples: ['/var/run/secrets/kubernetes.io/serviceaccount/token'] }),
    tls_ca_file: fileWith('the trusted CA certificates (PEM). Absent: those of the public authorities')
      .optional()
      .meta({ examples: ['ca.pem'] }),
    labels: z
      .record(labelName, text)
      .default({})
      .describe(
        "Labels that Prometheus has added to this exporter's series, such as `job`. Needed where it scrapes exporters with companies of the same name, and where it adds `environment` itself. Without `environment` here, series must have the `environment` of this configuration, or none.",
      )
      .meta({ examples: [{ job: 'erp' }] }),
    timeout: durationOfAtLeast(1)
      .refine((ms) => ms <= mostTimeoutMs, { error: 'must be at most 30s; somebody waits for the page' })
      .prefault('5s')
      .describe('Maximum time to wait for an answer.')
      .meta({ examples: ['10s'] }),
  })
  .refine((entry) => (entry.username === undefined) === (entry.password_file === undefined), {
    error: 'has only one of username and password_file; add the other, or remove both',
  })
  .refine((entry) => entry.username === undefined || entry.token_file === undefined, {
    error: 'must not have both username and token_file',
  });
