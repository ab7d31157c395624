/** A pipeline's status for people, once or live, and as JSON. */
@NullMarked
package io.tidemark.cli.view;

import org.jspecify.annotations.NullMarked;
