package io.tidemark.bench.contest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs contenders in turn, so that what the machine does meanwhile happens to all of them. */
public final class Contest {
    private final String unit;
    private final int rounds;
    private final Consumer<String> out;

    /**
     * @param unit what is counted: rows, changes, events
     * @param out receives a line after each run
     */
    public Contest(String unit, int rounds, Consumer<String> out) {
        this.unit = unit;
        this.rounds = rounds;
        this.out = out;
    }

    /** Returns a series for each contender, in their order. */
    public List<Series> run(List<Contender> contenders) throws Exception {
        Map<Contender, List<Measurement>> runs = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : contenders) {
                Measurement measured = contender.attempt().run(round);
                runs.computeIfAbsent(contender, absent -> new ArrayList<>()).add(measured);
                out.accept(line(contender, round, measured));
            }
        }
        return runs.entrySet().stream()
                .map(one -> new Series(one.getKey().name(), one.getKey().side(), unit, one.getValue()))
                .toList();
    }

    private String line(Contender contender, int round, Measurement measured) {
        StringBuilder line = new StringBuilder("  %d/%d  %-34s %12s %s/s  %7.2f s"
                .formatted(
                        round + 1,
                        rounds,
                        contender.name(),
                        Check.figure(measured.perSecond()),
                        unit,
                        measured.seconds()));
        for (ProcessUse use : measured.processes()) {
            line.append("  %s %.2f CPU s".formatted(use.process(), use.cpuSeconds()));
            if (use.peakBytes() > 0) {
                line.append(", %,d MiB".formatted(use.peakBytes() >> 20));
            }
        }
        return line.toString();
    }
}
