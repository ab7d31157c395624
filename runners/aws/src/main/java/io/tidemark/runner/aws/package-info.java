/** Jobs of the Spark engine on AWS Glue and EMR Serverless. */
@NullMarked
package io.tidemark.runner.aws;

import org.jspecify.annotations.NullMarked;
