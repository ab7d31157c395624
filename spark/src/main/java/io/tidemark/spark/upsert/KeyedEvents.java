package io.tidemark.spark.upsert;

import java.io.Serializable;

/** Events, and how their keys are told apart. */
interface KeyedEvents extends Serializable {
    EventSource events();

    /** For the use of one thread. */
    EventKeys keys();
}
