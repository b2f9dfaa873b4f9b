using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace TuneSharp.Architecture.Tests;

/// <summary>
/// A number that is converted in the middle of a call to libtorch can be freed while it is read: only <c>Nn.Runtime.Number</c>
/// makes such objects, and operators that would make the factor 1 themselves get it. References, which only tests run, may.
/// </summary>
public sealed class NumberTests
{
    private static readonly string[] s_projects = ["TuneSharp.Nn", "TuneSharp.Peft", "TuneSharp.Models", "TuneSharp.Training"];

    /// <summary>Of one tensor argument: with a second one, the factor is given.</summary>
    private static readonly string[] s_hiddenOne = ["add", "add_", "op_Addition"];

    [Fact]
    public void No_number_is_converted_within_a_call()
    {
        string[] found = [.. s_projects.SelectMany(Sites).Order(StringComparer.Ordinal)];
        found.ShouldBeEmpty("Use Number.Of(x), and add_(y, Number.One):\n" + string.Join('\n', found));
    }

    private static IEnumerable<string> Sites(string project)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(Repository.Root, "src", project, "bin", "Release", "net10.0", project + ".dll")));
        MetadataReader reader = file.GetMetadataReader();
        Dictionary<int, string> calls = [];
        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference member = reader.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference) continue;
            string type = reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name), name = reader.GetString(member.Name);
            byte[] signature = reader.GetBlobBytes(member.Signature);
            int parameters = signature[1];
            bool converts = type == "Scalar" && name == "op_Implicit" || type == "ScalarExtensionMethods";
            bool hidden = type == "Tensor" && s_hiddenOne.Contains(name) && parameters == (name.StartsWith("op_", StringComparison.Ordinal) ? 2 : 1);
            if (converts || hidden) calls[MetadataTokens.GetToken(handle)] = name;
        }
        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            string type = TypeName(reader, method.GetDeclaringType()), name = reader.GetString(method.Name);
            if (method.RelativeVirtualAddress == 0 || type.EndsWith(".Number", StringComparison.Ordinal) || name.Contains("Reference", StringComparison.Ordinal) || type.Contains("Reference", StringComparison.Ordinal)) continue;
            byte[] il = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (int i = 0; i + 5 <= il.Length; i++)
                if (il[i] is 0x28 or 0x6F && calls.TryGetValue(BitConverter.ToInt32(il, i + 1), out string? call)) yield return $"{type}.{name}: {call}";
        }
    }

    private static string TypeName(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        return type.GetDeclaringType().IsNil ? $"{reader.GetString(type.Namespace)}.{name}" : $"{TypeName(reader, type.GetDeclaringType())}.{name}";
    }
}
