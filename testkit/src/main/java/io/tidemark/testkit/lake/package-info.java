/** What every lake does: contract suites by topic, the fixture that a format gives them, and a model of a source table to compare with. */
@NullMarked
package io.tidemark.testkit.lake;

import org.jspecify.annotations.NullMarked;
