import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/**
 * Serves the API's description at `/openapi.json`, and a page that shows it at `/docs`.
 *
 * @param described whose routes are described, such as those of an app that hosts every module
 */
export function serveApiDocs(
  app: INestApplication,
  title: string,
  described: INestApplication = app,
): void {
  const description =
    'Errors are RFC 9457 problem+json with a stable `code`, the `values`, and the `requestId`.';
  const document = SwaggerModule.createDocument(
    described,
    new DocumentBuilder().setTitle(title).setDescription(description).setVersion('1').build(),
  );
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
}
