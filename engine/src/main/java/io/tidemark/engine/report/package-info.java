/** What fails and is tried again, as the processes of a pipeline say in the metadata store and its status shows. */
@NullMarked
package io.tidemark.engine.report;

import org.jspecify.annotations.NullMarked;
