using System.Runtime.CompilerServices;
using System.Text;

namespace TuneSharp.Nn.Runtime;

/// <summary>The table of symbol versions that an ELF64 little-endian library needs from others (section .gnu.version_r).</summary>
internal static class ElfVersionNeed
{
    private const uint NeedSection = 0x6ffffffe, VersionSection = 0x6fffffff, DynamicSymbols = 11;

    /// <summary>
    /// Sets the weak flag of <paramref name="version"/> in <paramref name="image"/>, so that a loader that lacks the version
    /// goes on. Does nothing and returns false unless every symbol bound to the version is <paramref name="onlySymbol"/>.
    /// </summary>
    public static bool Weaken(byte[] image, string version, string onlySymbol)
    {
        int sections = Int(image, 0x28), size = Short(image, 0x3A), need = 0, versions = 0, symbols = 0;
        for (int i = 0, s = sections; i < Short(image, 0x3C); i++, s += size)
        {
            switch ((uint)Int(image, s + 4))
            {
                case NeedSection: need = s; break;
                case VersionSection: versions = s; break;
                case DynamicSymbols: symbols = s; break;
                default: break;
            }
        }
        if (need == 0 || versions == 0 || symbols == 0) return false;
        int At(int section) => Int(image, section + 0x18);
        int strings = At(sections + Int(image, need + 0x28) * size);
        string Name(int offset) => Encoding.ASCII.GetString(image, strings + offset, Array.IndexOf(image, (byte)0, strings + offset) - strings - offset);

        int entry = At(need);
        for (int files = Int(image, need + 0x2C); files > 0; files--, entry += Int(image, entry + 12))
        {
            // An auxiliary entry: hash 4, flags 2, index 2, name 4, next 4 bytes.
            int auxiliary = entry + Int(image, entry + 8);
            for (int count = Short(image, entry + 2); count > 0; count--, auxiliary += Int(image, auxiliary + 12))
            {
                if (Name(Int(image, auxiliary + 8)) != version) continue;
                int index = Short(image, auxiliary + 6);
                for (int k = 0; k < Int(image, versions + 0x20) / 2; k++)
                {
                    bool bound = (Short(image, At(versions) + 2 * k) & 0x7fff) == index;
                    if (bound && Name(Int(image, At(symbols) + 24 * k)) != onlySymbol) return false;
                }
                image[auxiliary + 4] |= 2;
                return true;
            }
        }
        return false;
    }

    private static ushort Short(byte[] image, int offset) => Unsafe.ReadUnaligned<ushort>(ref image[offset]);

    private static int Int(byte[] image, int offset) => Unsafe.ReadUnaligned<int>(ref image[offset]);
}
