using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>added_tokens</c>. Ids may fill holes of the vocabulary or lie behind it, but must agree with it.</summary>
internal static class AddedTokenReader
{
    private const int LongestContent = 1024;
    private const int MostCharacters = 4_000_000;

    public static IReadOnlyList<AddedToken> Read(JsonField list, IReadOnlyDictionary<string, int> vocabulary)
    {
        if (list.IsNull) return [];
        var tokens = new List<AddedToken>();
        var contents = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new Dictionary<int, string>();
        HashSet<int>? vocabularyIds = null;
        int characters = 0;
        foreach (JsonField item in list.Items())
        {
            string content = item["content"].Text();
            int id = item["id"].Whole(0, ModelReader.LargestId);
            if (content.Length == 0)
                throw new InvalidInputException($"The added token with id {id} has an empty text: it would be found everywhere.", item.Where, "Remove it from the file.");
            if (content.Length > LongestContent)
                throw new InvalidInputException($"The added token with id {id} has {content.Length} characters; at most {LongestContent} are allowed.", item.Where, "Correct the file or get it again.");
            if ((characters += content.Length) > MostCharacters)
                throw new InvalidInputException($"The added tokens have more than {MostCharacters} characters together.", list.Where, "Correct the file or get it again.");
            if (vocabulary.TryGetValue(content, out int inVocabulary))
            {
                if (inVocabulary != id)
                    throw new InvalidInputException($"The added token {Quoted.Text(content)} has the id {id}, but {inVocabulary} in the vocabulary.", item.Where, "Correct the file or get it again.");
            }
            else
            {
                vocabularyIds ??= [.. vocabulary.Values];
                if (vocabularyIds.Contains(id))
                    throw new InvalidInputException($"The added token {Quoted.Text(content)} has the id {id}, which another token of the vocabulary has.", item.Where, "Correct the file or get it again.");
            }
            if (contents.TryGetValue(content, out int other))
            {
                if (other == id) continue;
                throw new InvalidInputException($"The added token {Quoted.Text(content)} stands twice, with the ids {other} and {id}.", item.Where, "Correct the file or get it again.");
            }
            if (!ids.TryAdd(id, content))
                throw new InvalidInputException($"The added tokens {Quoted.Text(ids[id])} and {Quoted.Text(content)} share the id {id}.", item.Where, "Correct the file or get it again.");
            contents.Add(content, id);
            tokens.Add(new AddedToken(content, id)
            {
                IsSpecial = item["special"].Flag(false),
                StripLeft = item["lstrip"].Flag(false),
                StripRight = item["rstrip"].Flag(false),
                SingleWord = item["single_word"].Flag(false),
                Normalized = item["normalized"].Flag(true),
            });
        }
        return tokens;
    }
}
