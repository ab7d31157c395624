/**
 * A real PostgreSQL server without installation: binaries come from Maven Central, run as root or as an ordinary user, and keep their files in
 * one folder.
 */
@NullMarked
package io.tidemark.workload.demo;

import org.jspecify.annotations.NullMarked;
