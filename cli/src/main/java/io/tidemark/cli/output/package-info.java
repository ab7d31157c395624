/** How results, errors, numbers and times are written for people and for programs. */
@NullMarked
package io.tidemark.cli.output;

import org.jspecify.annotations.NullMarked;
