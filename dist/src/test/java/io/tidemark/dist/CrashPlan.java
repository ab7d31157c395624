package io.tidemark.dist;

import io.tidemark.dist.CrashFleet.Part;
import io.tidemark.dist.Failpoint.Moment;
import io.tidemark.dist.Failpoint.Occasion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What a cycle of the crash loop does; a seed and the number of the cycle say it.
 *
 * @param parts the processes that play the roles: one all of them, or several
 * @param crash at which failpoint a process ends; empty for an end after some time
 * @param occasion what goes on meanwhile
 * @param victim the process that is killed after some time, also one that did not reach the failpoint; empty for none
 * @param millis the time
 * @param others whether all other processes are killed with it
 * @param database whether the database is killed with it
 */
record CrashPlan(
        int cycle,
        List<Part> parts,
        Optional<Crash> crash,
        Occasion occasion,
        Optional<Part> victim,
        int millis,
        boolean others,
        boolean database) {
    /** For so many cycles in ten every role is played by a process of its own, as far as the commands part them. */
    private static final int APART = 4;

    private static final Occasion[] USUAL = {
        Occasion.WRITES,
        Occasion.WRITES,
        Occasion.LOAD,
        Occasion.LOAD,
        Occasion.TABLE,
        Occasion.COMPARISON,
        Occasion.COLUMN,
        Occasion.PROOF
    };

    /** @param call which call from now on it is, from 1 */
    record Crash(Failpoint point, Moment moment, int call) {}

    static CrashPlan of(long seed, int cycle, boolean isLong) {
        Random random = new Random(seed * 1_000_003 + cycle);
        boolean isNamed = cycle % 3 != 0;
        List<Crash> crashes = crashes(seed, isLong);
        Crash named = crashes.get((cycle - cycle / 3) % crashes.size());
        int call = named.point().occasion() == Occasion.LONG_RUN ? 1 : 1 + random.nextInt(3) * random.nextInt(2);
        List<Part> parts =
                cycle % 10 < APART ? List.of(Part.CAPTURE, Part.ORCHESTRATOR, Part.WORKER) : List.of(Part.ALL_ROLES);
        Optional<Part> victim = isNamed || random.nextInt(8) > 0
                ? Optional.of(parts.get(random.nextInt(parts.size())))
                : Optional.empty();
        return new CrashPlan(
                cycle,
                parts,
                isNamed ? Optional.of(new Crash(named.point(), named.moment(), call)) : Optional.empty(),
                isNamed ? named.point().occasion() : USUAL[random.nextInt(USUAL.length)],
                victim,
                random.nextInt(3_000),
                random.nextInt(4) == 0,
                victim.isEmpty() || random.nextInt(5) == 0);
    }

    /** Every failpoint at both moments, in an order that the seed says, so that as many cycles reach all of them. */
    static List<Crash> crashes(long seed, boolean isLong) {
        List<Crash> crashes = new ArrayList<>();
        for (Failpoint point : Failpoint.values()) {
            if (isLong || point.occasion() != Occasion.LONG_RUN) {
                for (Moment moment : Moment.values()) {
                    crashes.add(new Crash(point, moment, 1));
                }
            }
        }
        Collections.shuffle(crashes, new Random(seed));
        return crashes;
    }
}
