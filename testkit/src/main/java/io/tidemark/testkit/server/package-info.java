/** What servers that tests run in their process are made of. */
@NullMarked
package io.tidemark.testkit.server;

import org.jspecify.annotations.NullMarked;
