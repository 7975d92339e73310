// Command prehistory makes sealed Clique blocks whose times lie in the past, for `geth import`.
//
//	prehistory -genesis genesis.json -blocks blocks.json -out chain.rlp members/310000/keys/node.key …
//
// A trial of real nodes needs a past (officers decide from their third day on, agreements have days of notice), and a
// running node's clock knows no past. So a trial on the embedded engine lives through it, and here the same signed
// transactions are executed in blocks of the same numbers and times, and each is sealed by the signer whose turn it is.
// Nothing is taken on trust: whoever imports the blocks executes and checks every one of them.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"sort"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/consensus"
	"github.com/ethereum/go-ethereum/consensus/clique"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

const (
	vanity = 32 // bytes before the list of signers in a header's extra data (EIP-225)
	seal   = crypto.SignatureLength
	inTurn = 2 // difficulty of a block sealed by the signer whose turn it is (EIP-225)
)

// block is one of the blocks to make: a row of blocks.json, numbered 1, 2, 3 …
type block struct {
	Number       uint64          `json:"number"`
	Timestamp    uint64          `json:"timestamp"`    // seconds since 1970
	Transactions []hexutil.Bytes `json:"transactions"` // signed legacy transactions, RLP
}

// unsealed is Clique without turns: what executes blocks that are sealed afterwards.
type unsealed struct{ *clique.Clique }

// CalcDifficulty is that of a block sealed in turn, as all of these will be.
func (unsealed) CalcDifficulty(consensus.ChainHeaderReader, uint64, *types.Header) *big.Int {
	return big.NewInt(inTurn)
}

func main() {
	genesis := flag.String("genesis", "", "genesis.json of the network")
	blocks := flag.String("blocks", "", "JSON list of {number, timestamp, transactions}")
	out := flag.String("out", "", "where the sealed blocks go, RLP one after another")
	flag.Parse()
	if err := run(*genesis, *blocks, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "prehistory:", err)
		os.Exit(1)
	}
}

func run(genesisPath, blocksPath, outPath string, keyPaths []string) error {
	var genesis core.Genesis
	if err := read(genesisPath, &genesis); err != nil {
		return err
	}
	if genesis.Config == nil || genesis.Config.Clique == nil {
		return fmt.Errorf("%s is not of a Clique network", genesisPath)
	}
	var wanted []block
	if err := read(blocksPath, &wanted); err != nil {
		return err
	}
	signers, err := newSigners(&genesis, keyPaths)
	if err != nil {
		return err
	}
	made, err := execute(&genesis, wanted)
	if err != nil {
		return err
	}
	file, err := os.Create(outPath)
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	if err := signers.sealAll(buffered, genesis.ToBlock().Hash(), made); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return file.Close()
}

func read(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// execute runs the transactions and returns blocks that lack nothing but their seals. A transaction that cannot be
// executed at all is an error; one that reverts is a part of the past like any other.
func execute(genesis *core.Genesis, wanted []block) (made []*types.Block, err error) {
	transactions := make([][]*types.Transaction, len(wanted))
	last := genesis.Timestamp
	for i, one := range wanted {
		if one.Number != uint64(i+1) || one.Timestamp < last+genesis.Config.Clique.Period {
			return nil, fmt.Errorf("block %d at %d does not follow its parent at %d", one.Number, one.Timestamp, last)
		}
		last = one.Timestamp
		for _, raw := range one.Transactions {
			transaction := new(types.Transaction)
			if err := transaction.UnmarshalBinary(raw); err != nil {
				return nil, fmt.Errorf("block %d: %w", one.Number, err)
			}
			transactions[i] = append(transactions[i], transaction)
		}
	}
	defer func() {
		if refused := recover(); refused != nil { // the generator's way to say that a transaction cannot be executed
			err = fmt.Errorf("not executed: %v", refused)
		}
	}()
	engine := unsealed{clique.New(genesis.Config.Clique, rawdb.NewMemoryDatabase())}
	_, made, _ = core.GenerateChainWithGenesis(genesis, engine, len(wanted), func(i int, generated *core.BlockGen) {
		generated.OffsetTime(int64(wanted[i].Timestamp) - int64(generated.Timestamp()))
		for _, transaction := range transactions[i] {
			generated.AddTx(transaction)
		}
	})
	return made, nil
}

// signers are the keys of a network's signers, in the ascending order of their addresses: the order of turns.
type signers struct {
	addresses []common.Address
	keys      map[common.Address]signFunc
	epoch     uint64
}

type signFunc func(digest []byte) ([]byte, error)

func newSigners(genesis *core.Genesis, paths []string) (*signers, error) {
	found := &signers{keys: map[common.Address]signFunc{}, epoch: genesis.Config.Clique.Epoch}
	for _, path := range paths {
		key, err := crypto.LoadECDSA(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		address := crypto.PubkeyToAddress(key.PublicKey)
		found.addresses = append(found.addresses, address)
		found.keys[address] = func(digest []byte) ([]byte, error) { return crypto.Sign(digest, key) }
	}
	sort.Slice(found.addresses, func(i, j int) bool { return found.addresses[i].Cmp(found.addresses[j]) < 0 })
	if len(genesis.ExtraData) < vanity+seal || !bytes.Equal(genesis.ExtraData[vanity:len(genesis.ExtraData)-seal], found.list()) {
		return nil, errors.New("the keys are not those of the signers in the genesis block")
	}
	return found, nil
}

func (s *signers) list() []byte {
	var list []byte
	for _, address := range s.addresses {
		list = append(list, address.Bytes()...)
	}
	return list
}

// sealAll links and seals the blocks in turn, and writes them. With every signer in turn nobody signs twice among
// floor(n/2)+1 blocks, which is Clique's own rule.
func (s *signers) sealAll(out io.Writer, parent common.Hash, blocks []*types.Block) error {
	for _, unsealed := range blocks {
		header := unsealed.Header()
		number := header.Number.Uint64()
		header.ParentHash = parent
		header.Extra = make([]byte, vanity, vanity+seal)
		if number%s.epoch == 0 {
			header.Extra = append(header.Extra, s.list()...)
		}
		header.Extra = append(header.Extra, make([]byte, seal)...)
		signature, err := s.keys[s.addresses[number%uint64(len(s.addresses))]](clique.SealHash(header).Bytes())
		if err != nil {
			return err
		}
		copy(header.Extra[len(header.Extra)-seal:], signature)
		block := unsealed.WithSeal(header)
		parent = block.Hash()
		if err := rlp.Encode(out, block); err != nil {
			return err
		}
	}
	return nil
}
