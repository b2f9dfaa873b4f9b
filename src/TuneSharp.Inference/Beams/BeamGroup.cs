using TuneSharp.Inference.Sampling;

namespace TuneSharp.Inference.Beams;

/// <summary>
/// The beams of one prompt. A step takes each open beam's log-probabilities of the next token; of the
/// <c>max(2, 1 + ends) · beams</c> best continuations those that end and rank among the first <c>beams</c> are finished, and the
/// best <c>beams</c> of the others stay open (the rule of transformers).
/// </summary>
internal sealed class BeamGroup
{
    private readonly int beams, maxNewTokens;
    private readonly double lengthPenalty;
    private readonly EarlyStopping earlyStopping;
    private readonly IReadOnlySet<int> endIds;
    private readonly List<BeamHypothesis> finished = [];

    public BeamGroup(SamplingSettings settings, int maxNewTokens, IReadOnlySet<int> endIds)
    {
        beams = settings.NumBeams;
        lengthPenalty = settings.LengthPenalty;
        earlyStopping = settings.EarlyStopping;
        this.maxNewTokens = maxNewTokens;
        this.endIds = endIds;
    }

    /// <summary>What each open beam has generated so far; one at first.</summary>
    public IReadOnlyList<OpenBeam> Open { get; private set; } = [new OpenBeam([], 0, 0)];

    public bool Done { get; private set; }

    /// <summary>Best first, at most as many as beams.</summary>
    public IReadOnlyList<BeamHypothesis> Finished => finished;

    /// <param name="scores_BV">One vocabulary for each open beam: log-probabilities after the processors.</param>
    /// <param name="stops">Asked whether a continued text is over although its last token is no end.</param>
    public void Advance(IReadOnlyList<float[]> scores_BV, Func<int[], bool> stops)
    {
        int length = Open[0].Ids.Length + 1;
        var candidates = new List<(OpenBeam Beam, bool Ended, bool ByToken)>();
        foreach ((int parent, int id, double score) in BestContinuations(scores_BV))
        {
            int[] ids = [.. Open[parent].Ids, id];
            bool byToken = endIds.Contains(id);
            candidates.Add((new OpenBeam(ids, score, parent), byToken || length == maxNewTokens || stops(ids), byToken));
        }

        double divisor = Math.Pow(length, lengthPenalty);
        foreach ((OpenBeam beam, bool ended, bool byToken) in candidates.Take(beams))
            if (ended) finished.Add(new BeamHypothesis(beam.Ids, beam.Score / divisor, byToken));
        if (finished.Count > 1)
        {
            BeamHypothesis[] best = [.. finished.OrderByDescending(f => f.Score).Take(beams)];
            finished.Clear();
            finished.AddRange(best);
        }

        Open = [.. candidates.Where(c => !c.Ended).Take(beams).Select(c => c.Beam)];
        bool full = finished.Count == beams;
        Done = Open.Count == 0 || (full && (earlyStopping == EarlyStopping.True || !CanImprove(length)));
    }

    /// <summary>Cancelled: what is open counts as it is.</summary>
    public void GiveUp()
    {
        if (finished.Count == 0) finished.AddRange(Open.Select(beam => new BeamHypothesis(beam.Ids, beam.Score / Math.Pow(Math.Max(1, beam.Ids.Length), lengthPenalty), false)));
        Done = true;
    }

    private bool CanImprove(int length)
    {
        int reachable = earlyStopping == EarlyStopping.Never && lengthPenalty > 0 ? maxNewTokens : length;
        return Open[0].Score / Math.Pow(reachable, lengthPenalty) > finished[^1].Score;
    }

    private List<(int Parent, int Id, double Score)> BestContinuations(IReadOnlyList<float[]> scores_BV)
    {
        int count = Math.Max(2, 1 + endIds.Count) * beams;
        // The lowest of the kept is in front; among equals the later one falls first, as in a stable sort.
        var kept = new PriorityQueue<(int Parent, int Id, double Score), (double Score, long Order)>(count + 1);
        for (int b = 0; b < Open.Count; b++)
        {
            float[] scores_V = scores_BV[b];
            double border = kept.Count == count ? kept.Peek().Score : double.NegativeInfinity;
            for (int id = 0; id < scores_V.Length; id++)
            {
                double score = Open[b].Score + scores_V[id];
                if (!(score > border)) continue;
                kept.Enqueue((b, id, score), (score, -((long)b * scores_V.Length + id)));
                if (kept.Count > count) kept.Dequeue();
                if (kept.Count == count) border = kept.Peek().Score;
            }
        }
        var best = new List<(int Parent, int Id, double Score)>(kept.Count);
        while (kept.Count > 0) best.Add(kept.Dequeue());
        best.Reverse();
        return best;
    }
}

/// <param name="Ids">Generated so far.</param>
/// <param name="Score">Sum of the scores of its tokens.</param>
/// <param name="Parent">Index of the open beam that it continued.</param>
internal sealed record OpenBeam(int[] Ids, double Score, int Parent);
