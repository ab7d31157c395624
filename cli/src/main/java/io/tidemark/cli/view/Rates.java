package io.tidemark.cli.view;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Speeds of counters over the last seconds. A counter that falls has started anew. */
final class Rates {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Map<String, Deque<Sample>> samples = new HashMap<>();

    private record Sample(Instant at, long value) {}

    /** Notes the value and returns its growth per second; empty until there are two values. */
    OptionalDouble perSecond(String counter, Instant at, long value) {
        Deque<Sample> known = samples.computeIfAbsent(counter, name -> new ArrayDeque<>());
        if (!known.isEmpty() && value < known.getLast().value()) {
            known.clear();
        }
        known.addLast(new Sample(at, value));
        while (known.size() > 2 && known.getFirst().at().isBefore(at.minus(WINDOW))) {
            known.removeFirst();
        }
        double seconds = Duration.between(known.getFirst().at(), at).toNanos() / 1e9;
        return seconds <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((value - known.getFirst().value()) / seconds);
    }
}
