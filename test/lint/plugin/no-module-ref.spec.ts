import { LINK, tryRule } from './rule-tester.js';

const container = (name: string) =>
  `"loans" takes ${name} from Nest, which sees or changes every module of the process. What is it to reach? Inject the module's own classes, and call others by contract. ${LINK}`;
const lenient = `"loans" looks for a provider in every module of the process. Whose is it? Leave "strict" out for the module's own, and call another one by contract. ${LINK}`;
const unseen = `"loans" uses ModuleRef with options that cannot be read here, so no check can tell whether it stays inside the module. Whose provider is it? Call get or resolve in place, and write the options out. ${LINK}`;
const by = 'Stay inside the module.';

const ref = (code: string) => `import { ModuleRef } from '@nestjs/core';\n${code}`;

tryRule('no-module-ref', {
  passes: [
    ref(`ref.get(Own); ref.get(Own, {}); ref.get(Own, { strict: true, each: true });`),
    ref(`ref.resolve(Own); ref.resolve(Own, context); ref.create(Own, context);`),
    `import { Reflector, REQUEST } from '@nestjs/core';`,
    `import type { ModulesContainer } from '@nestjs/core';`,
    `import { Injectable, Module } from '@nestjs/common';`,
    `cache.get(key, options); schema({ strict: false });`,
  ],
  refuses: [
    ...['ModulesContainer', 'LazyModuleLoader', 'DiscoveryService', 'DiscoveryModule'].map(
      (name) => ({ code: `import { ${name} } from '@nestjs/core';`, message: container(name) }),
    ),
    ...['NestFactory', 'ApplicationConfig', 'NestContainer', 'HttpAdapterHost', 'APP_GUARD'].map(
      (name) => ({
        code: `import { ${name} as it } from '@nestjs/core';`,
        message: container(name),
      }),
    ),
    {
      code: `import * as core from '@nestjs/core'; core.NestFactory.create(App);`,
      message: container('NestFactory'),
    },
    {
      code: `import * as core from '@nestjs/core'; look(core);`,
      message: container('everything'),
    },
    {
      code: `import { Module } from '@nestjs/core/injector/module';`,
      message: container('Module'),
    },
    { code: `import { Test } from '@nestjs/testing';`, message: container('Test') },
    { code: `export * from '@nestjs/core';`, message: container('everything') },
    { code: `await import('@nestjs/core');`, message: container('@nestjs/core') },
    { code: `require('@nestjs/core'); // cjs`, message: container('@nestjs/core') },
    { code: `import { Global } from '@nestjs/common';`, message: container('Global') },
    {
      code: `import * as nest from '@nestjs/common'; nest.Global();`,
      message: container('Global'),
    },
    {
      code: ref(`ref.get(Other, { strict: false });`),
      message: lenient,
      suggests: ref(`ref.get(Other, { strict: true });`),
      by,
    },
    {
      code: `ref?.['resolve'](Other, undefined, { 'strict': false });`,
      message: lenient,
      suggests: `ref?.['resolve'](Other, undefined, { 'strict': true });`,
      by,
    },
    { code: ref(`ref.get(Other, options);`), message: unseen },
    { code: ref(`ref.get(Other, { ...options });`), message: unseen },
    { code: ref(`ref.get(Other, { strict });`), message: unseen },
    { code: ref(`ref.get(Other, { strict: !true });`), message: unseen },
    { code: ref(`ref.get(Other, { [key]: false });`), message: unseen },
    { code: ref(`ref.resolve(Other, context, options);`), message: unseen },
    { code: ref(`const get = ref.get;`), message: unseen },
    { code: ref(`ref.get.call(ref, Other, options);`), message: unseen },
  ],
});
