// One list of all services' descriptions; "Authorize" takes an API key.
window.ui = SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: ['metrics', 'log', 'topology', 'alarm', 'ingest', 'gateway'].map((name) => ({
    name,
    url: `openapi/${name}`,
  })),
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});
