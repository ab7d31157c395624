/** A real server that speaks S3. */
@NullMarked
package io.tidemark.testkit.s3;

import org.jspecify.annotations.NullMarked;
