using System.Reflection;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.SftRows;

namespace TuneSharp.Golden.Topics;

/// <summary>Rows to ids and labels, by every route that was recorded; each file of the folder has a class of its own in <c>SftRows</c>.</summary>
public sealed class SftRowsTopic : IGoldenTopic
{
    private static readonly ISftRowsFile[] s_files = [.. Assembly.GetExecutingAssembly().GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(ISftRowsFile).IsAssignableFrom(t))
        .Select(t => (ISftRowsFile)Activator.CreateInstance(t)!)
        .OrderBy(f => f.GetType().Name, StringComparer.Ordinal)];

    public string Topic => "text/sft_rows";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        var tokenizers = new SftTokenizers(folder);
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileName(path);
            string name = file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;
            if (name is "rows.json" || !GoldenFixtures.IsCaseFile(path)) continue;    // rows.json holds the rows of the other files
            ISftRowsFile[] known = [.. s_files.Where(f => f.FileName == name)];
            if (known.Length == 0) yield return new GoldenCase(file, () => GoldenResult.NotBuilt(name));
            foreach (ISftRowsFile part in known)
                foreach (GoldenCase found in part.Find(path, file, tokenizers)) yield return found;
        }
    }

    public string? SpoilOne(string copy) => ChatTemplateRows.SpoilOne(copy) ?? PackingRows.SpoilOne(copy);
}
