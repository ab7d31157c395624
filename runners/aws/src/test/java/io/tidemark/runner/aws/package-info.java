@NullMarked
package io.tidemark.runner.aws;

import org.jspecify.annotations.NullMarked;
