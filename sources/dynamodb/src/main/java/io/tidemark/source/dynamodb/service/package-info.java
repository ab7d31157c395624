/** What the AWS SDK says when a call fails, as errors of ours. */
@NullMarked
package io.tidemark.source.dynamodb.service;

import org.jspecify.annotations.NullMarked;
