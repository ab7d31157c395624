/** The pipeline's configuration: one YAML file, validated as a whole. */
@NullMarked
package io.tidemark.engine.config;

import org.jspecify.annotations.NullMarked;
