using TuneSharp.Data.Corpus.Grammars;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.NoticeBoard;

/// <summary>
/// The dataset of the quickstart (<c>datasets/notice-board</c>): a short passage in the small world's words, a request to
/// put one of its persons on the notice board, and the notice in a house style that the corpus never shows. English and
/// Chinese rows take turns. The same seed gives the same rows on every machine.
/// </summary>
public static class NoticeBoardDataset
{
    /// <summary>The seed of the files in <c>datasets/notice-board</c>.</summary>
    public const ulong Seed = 20_263;

    /// <summary>How many rows <c>train.jsonl</c> holds.</summary>
    public const int NumTrainingRows = 2_400;

    /// <summary>How many rows <c>validation.jsonl</c> holds.</summary>
    public const int NumValidationRows = 100;

    // Of the small world's combinations the corpus has seen many: about half of the candidates fall out.
    private const int CandidatesPerValidationRow = 6;

    /// <summary>
    /// The rows for training and for validation; no passage and no answer occurs twice in them. A validation row is taken
    /// only if no document of <paramref name="corpus"/> so much as mentions its person, its thing and its place together.
    /// </summary>
    /// <param name="corpus">What the model was pre-trained on; read once.</param>
    /// <exception cref="InvalidInputException">A count is below 1, or the corpus leaves too few rows.</exception>
    public static (IReadOnlyList<NoticeBoardRow> Train, IReadOnlyList<NoticeBoardRow> Validation) Generate(
        IEnumerable<CorpusDocument> corpus, ulong seed = Seed, int numTrainingRows = NumTrainingRows, int numValidationRows = NumValidationRows)
    {
        if (numTrainingRows < 1 || numValidationRows < 1)
            throw new InvalidInputException("The notice board needs at least one row for training and one for validation.");
        int numCandidates = CandidatesPerValidationRow * numValidationRows;
        var rows = Distinct(seed).Take(numCandidates + numTrainingRows).ToList();
        var mentioned = MentionedTogether(rows[..numCandidates], corpus);
        var english = rows[..numCandidates].Where((row, i) => i % 2 == 0 && !mentioned.Contains(row));
        var chinese = rows[..numCandidates].Where((row, i) => i % 2 == 1 && !mentioned.Contains(row));
        var validation = english.Zip(chinese).SelectMany(pair => new[] { pair.First, pair.Second }).Take(numValidationRows).ToList();
        if (validation.Count < numValidationRows)
            throw new InvalidInputException($"The corpus leaves {validation.Count} of {numValidationRows} validation rows unseen.", null, "Use a smaller corpus or another seed.");
        return (rows[numCandidates..], validation);
    }

    /// <summary>Which rows' three facts stand together in some document, in whatever connection.</summary>
    public static IReadOnlySet<NoticeBoardRow> MentionedTogether(IReadOnlyList<NoticeBoardRow> rows, IEnumerable<CorpusDocument> corpus)
    {
        var rowsOfPerson = rows.ToLookup(row => row.Facts[0], StringComparer.Ordinal);
        var mentioned = new HashSet<NoticeBoardRow>();
        foreach (var document in corpus)
        {
            string text = string.Join('\n', document.Passages);
            foreach (var person in rowsOfPerson)
            {
                if (text.Contains(person.Key, StringComparison.Ordinal))
                    mentioned.UnionWith(person.Where(row => text.Contains(row.Facts[1], StringComparison.OrdinalIgnoreCase) && text.Contains(row.Facts[2], StringComparison.OrdinalIgnoreCase)));
            }
        }
        return mentioned;
    }

    private static IEnumerable<NoticeBoardRow> Distinct(ulong seed)
    {
        SmallWorldLanguage[] languages = [SmallWorldLanguage.English("English.board.txt"), SmallWorldLanguage.Chinese("Chinese.board.txt")];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int count = 0;
        for (ulong stream = 0; ; stream++)
        {
            var row = Draw(languages[count % 2], new Pcg32(seed, stream));
            if (!seen.Add(row.Passage) || !seen.Add(row.Answer))
                continue;
            count++;
            yield return row;
        }
    }

    // Three rows of four tell of one person's deed alone; in the others a second one did something else somewhere else.
    private static NoticeBoardRow Draw(SmallWorldLanguage language, Pcg32 random)
    {
        var expansion = new GrammarExpansion(language.Grammar, language.Morphology, random);
        var (rule, passage, facts) = random.Below(8) switch
        {
            0 => ("board.first", "passage", "AXP"),
            1 => ("board.second", "passage", "BYQ"),
            _ => ("board.one", "passage.one", "AXP"),
        };
        var turns = CorpusScript.Read(expansion.Expand(rule)).Messages!;
        return new NoticeBoardRow(turns[0].Content, expansion.LastOf(passage), turns[1].Content, [.. facts.Select(variable => expansion.WordOf(variable.ToString()).Forms[""])]);
    }
}
