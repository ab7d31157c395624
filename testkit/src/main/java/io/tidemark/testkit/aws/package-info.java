/** Stands for services of AWS, by the protocol of their calls. */
@NullMarked
package io.tidemark.testkit.aws;

import org.jspecify.annotations.NullMarked;
