// CEL expressions: parsed once at publication, evaluated without I/O at decision time.
import { plan } from '@bufbuild/cel';
void plan;
